-- AlterTable
ALTER TABLE "AlertRule" DROP COLUMN "timeZone";

-- AlterTable
ALTER TABLE "Alert" ADD COLUMN     "clearedAt" TIMESTAMPTZ(3);
