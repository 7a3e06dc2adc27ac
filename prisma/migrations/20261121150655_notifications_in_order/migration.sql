-- DropIndex
DROP INDEX "NotificationReceipt_workspaceId_userId_readAt_idx";

-- DropIndex
DROP INDEX "NotificationReceipt_workspaceId_mail_idx";

-- DropIndex
DROP INDEX "WebhookDelivery_workspaceId_createdAt_id_idx";

-- AlterTable
ALTER TABLE "NotificationReceipt" ADD COLUMN     "createdAt" TIMESTAMPTZ(3);

-- The owner reads past policies only where they are not forced on it.
ALTER TABLE "NotificationReceipt" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Notification" NO FORCE ROW LEVEL SECURITY;

UPDATE "NotificationReceipt" receipt SET "createdAt" = notification."createdAt" FROM "Notification" notification
  WHERE notification."workspaceId" = receipt."workspaceId" AND notification."id" = receipt."notificationId";

ALTER TABLE "NotificationReceipt" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Notification" FORCE ROW LEVEL SECURITY;

ALTER TABLE "NotificationReceipt" ALTER COLUMN "createdAt" SET NOT NULL;

-- CreateIndex
CREATE INDEX "WebhookDelivery_workspaceId_endpointId_createdAt_id_idx" ON "WebhookDelivery"("workspaceId", "endpointId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "WebhookDelivery_workspaceId_notificationId_idx" ON "WebhookDelivery"("workspaceId", "notificationId");

-- What the app shows a person, in its order; and what of it they have not read.
CREATE INDEX "NotificationReceipt_shown" ON "NotificationReceipt" ("workspaceId", "userId", "createdAt", "notificationId") WHERE "inApp";
CREATE INDEX "NotificationReceipt_unread" ON "NotificationReceipt" ("workspaceId", "userId", "createdAt", "notificationId")
  WHERE "inApp" AND "readAt" IS NULL;

-- What waits for mail, of one person and, asked by the system, of all.
CREATE INDEX "NotificationReceipt_soon" ON "NotificationReceipt" ("workspaceId", "userId", "createdAt") WHERE "mail" = 'soon';
CREATE INDEX "NotificationReceipt_digest" ON "NotificationReceipt" ("workspaceId", "userId", "createdAt") WHERE "mail" = 'digest';

-- What waits to be posted: asked by the system, for all workspaces.
CREATE INDEX "WebhookDelivery_waiting" ON "WebhookDelivery" ("nextAt") WHERE "status" = 'waiting';
