-- AlterTable
ALTER TABLE "PageLoop" ADD COLUMN     "goal" TEXT NOT NULL,
ADD COLUMN     "problem" TEXT;

-- AlterTable
ALTER TABLE "PageCandidate" ADD COLUMN     "outcomeAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "PageLoopLease" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "holder" TEXT NOT NULL DEFAULT '',
    "token" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PageLoopLease_pkey" PRIMARY KEY ("workspaceId")
);

-- CreateTable
CREATE TABLE "PageLoopVital" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "experimentId" UUID NOT NULL,
    "variantId" UUID NOT NULL,
    "metric" TEXT NOT NULL,
    "bucket" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "PageLoopVital_pkey" PRIMARY KEY ("workspaceId","experimentId","variantId","metric","bucket")
);

-- CreateIndex
CREATE INDEX "PageLoopStep_workspaceId_pageId_status_idx" ON "PageLoopStep"("workspaceId", "pageId", "status");

-- AddForeignKey
ALTER TABLE "PageLoop" ADD CONSTRAINT "PageLoop_workspaceId_pageId_fkey" FOREIGN KEY ("workspaceId", "pageId") REFERENCES "Page"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security
SELECT protect_workspace_rows('"PageLoopLease"');
SELECT protect_workspace_rows('"PageLoopVital"');
