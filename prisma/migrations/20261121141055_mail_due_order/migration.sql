-- DropIndex
DROP INDEX "MailMessage_workspaceId_dispatch_notBefore_idx";

-- AlterTable
ALTER TABLE "MailMessage" ALTER COLUMN "notBefore" SET NOT NULL,
ALTER COLUMN "notBefore" SET DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "MailRate" ADD COLUMN     "problem" TEXT;

-- CreateIndex
CREATE INDEX "MailMessage_workspaceId_dispatch_class_notBefore_id_idx" ON "MailMessage"("workspaceId", "dispatch", "class", "notBefore", "id");
