-- DropIndex
DROP INDEX "PromptExecution_workspaceId_testId_idx";

-- AlterTable
ALTER TABLE "Prompt" ADD COLUMN     "definition" BYTEA;

-- AlterTable
ALTER TABLE "PromptVariant" ADD COLUMN     "qualityCount" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "qualitySum" DOUBLE PRECISION NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "PromptExecution" DROP COLUMN "tokens",
ADD COLUMN     "cacheHit" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "finishedAt" TIMESTAMPTZ(3),
ADD COLUMN     "inputTokens" INTEGER,
ADD COLUMN     "language" TEXT NOT NULL,
ADD COLUMN     "model" TEXT,
ADD COLUMN     "outputTokens" INTEGER,
ADD COLUMN     "text" TEXT;

-- AlterTable
ALTER TABLE "PromptTest" ADD COLUMN     "oneLook" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "PromptExecution_workspaceId_testId_variantId_idx" ON "PromptExecution"("workspaceId", "testId", "variantId");

-- By hand: one active variant, and one running test, for each prompt and language.
CREATE UNIQUE INDEX "PromptVariant_active_key" ON "PromptVariant"("workspaceId", "promptId", "language") WHERE "status" = 'active';
CREATE UNIQUE INDEX "PromptTest_running_key" ON "PromptTest"("workspaceId", "promptId", "language") WHERE "status" = 'running';
