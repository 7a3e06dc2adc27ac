-- AlterTable
ALTER TABLE "MailTemplate" DROP COLUMN "variables",
ADD COLUMN     "class" "MailClass" NOT NULL DEFAULT 'transactional',
ADD COLUMN     "topic" TEXT;

-- CreateIndex
CREATE INDEX "MailMessage_workspaceId_sentAt_idx" ON "MailMessage"("workspaceId", "sentAt");

-- Workspaces with messages under way, for the job that looks after them all: it stays as small as what is under way.
CREATE INDEX "MailMessage_under_way" ON "MailMessage" ("workspaceId") WHERE "dispatch" IN ('planned', 'claimed', 'attempted', 'unknown');
