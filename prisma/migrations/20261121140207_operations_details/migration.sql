-- AlterTable
ALTER TABLE "NotificationReceipt" ADD COLUMN     "inApp" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "ReportSubscription" ALTER COLUMN "daily" DROP NOT NULL,
ALTER COLUMN "daily" DROP DEFAULT,
ALTER COLUMN "timeZone" DROP NOT NULL,
ALTER COLUMN "timeZone" DROP DEFAULT,
ALTER COLUMN "at" DROP NOT NULL,
ALTER COLUMN "at" DROP DEFAULT;

-- AlterTable
ALTER TABLE "WebhookEndpoint" ADD COLUMN     "description" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "failingSince" TIMESTAMPTZ(3),
ADD COLUMN     "previousSecretUntil" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "WebhookDelivery" ADD COLUMN     "lastAttemptAt" TIMESTAMPTZ(3),
ALTER COLUMN "notificationId" DROP NOT NULL;

-- AlterTable
ALTER TABLE "AlertRule" ADD COLUMN     "timeZone" TEXT;
