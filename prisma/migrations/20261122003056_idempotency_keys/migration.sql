-- CreateTable
CREATE TABLE "IdempotencyKey" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "principal" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "changed" JSONB NOT NULL DEFAULT '[]',
    "keyId" TEXT,
    "sealed" BYTEA,

    CONSTRAINT "IdempotencyKey_pkey" PRIMARY KEY ("workspaceId","principal","key")
);

-- CreateIndex
CREATE INDEX "IdempotencyKey_workspaceId_at_idx" ON "IdempotencyKey"("workspaceId", "at");

-- CreateIndex
CREATE INDEX "IdempotencyKey_at_idx" ON "IdempotencyKey"("at");

-- Row level security
SELECT protect_workspace_rows('"IdempotencyKey"');
