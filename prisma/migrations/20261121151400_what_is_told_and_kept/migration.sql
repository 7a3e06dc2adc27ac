-- AlterTable
ALTER TABLE "AiSpending" ADD COLUMN     "toldMicros" BIGINT;

-- AlterTable
ALTER TABLE "PromptExecution" ADD COLUMN     "erasedAt" TIMESTAMPTZ(3);

-- Which calls no process holds any more is asked every ten minutes, across workspaces: few of a million are under way.
CREATE INDEX "AiCall_under_way" ON "AiCall" ("workspaceId", "leaseUntil") WHERE "status" IN ('planned', 'attempted');
