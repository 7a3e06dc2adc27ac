-- CreateEnum
CREATE TYPE "MailSuppressionReason" AS ENUM ('hardBounce', 'complaint', 'unsubscribe', 'manual', 'providerList', 'softBounces');

-- DropForeignKey
ALTER TABLE "MailLink" DROP CONSTRAINT "MailLink_workspaceId_messageId_fkey";

-- DropIndex
DROP INDEX "MailSuppression_workspaceId_addressHash_topic_key";

-- AlterTable
ALTER TABLE "MailSuppression" ADD COLUMN     "until" TIMESTAMPTZ(3),
DROP COLUMN "reason",
ADD COLUMN     "reason" "MailSuppressionReason" NOT NULL;

-- DropTable
DROP TABLE "MailLink";

-- CreateTable
CREATE TABLE "MailTally" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "day" DATE NOT NULL,
    "template" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "MailTally_pkey" PRIMARY KEY ("workspaceId","day","template","kind","actor")
);

-- CreateTable
CREATE TABLE "MailHold" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "sent" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "heldAt" TIMESTAMPTZ(3) NOT NULL,
    "releasedAt" TIMESTAMPTZ(3),

    CONSTRAINT "MailHold_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateIndex
CREATE INDEX "MailHold_workspaceId_heldAt_id_idx" ON "MailHold"("workspaceId", "heldAt", "id");

-- CreateIndex
CREATE INDEX "MailMessage_workspaceId_providerId_idx" ON "MailMessage"("workspaceId", "providerId");

-- CreateIndex
CREATE INDEX "MailMessage_workspaceId_class_sentAt_idx" ON "MailMessage"("workspaceId", "class", "sentAt");

-- CreateIndex
CREATE INDEX "MailEvent_workspaceId_rules_idx" ON "MailEvent"("workspaceId", "rules");

-- CreateIndex
CREATE INDEX "MailEvent_workspaceId_receivedAt_idx" ON "MailEvent"("workspaceId", "receivedAt");

-- CreateIndex
CREATE UNIQUE INDEX "MailSuppression_workspaceId_addressHash_topic_reason_key" ON "MailSuppression"("workspaceId", "addressHash", "topic", "reason");

-- Row level security
SELECT protect_workspace_rows('"MailTally"');
SELECT protect_workspace_rows('"MailHold"');
