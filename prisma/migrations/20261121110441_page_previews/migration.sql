-- CreateTable
CREATE TABLE "PagePreview" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "variantId" UUID NOT NULL,
    "createdByType" "PageAuthorType" NOT NULL,
    "createdById" UUID,
    "createdByName" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PagePreview_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateIndex
CREATE INDEX "PagePreview_workspaceId_variantId_createdAt_idx" ON "PagePreview"("workspaceId", "variantId", "createdAt");

-- CreateIndex
CREATE INDEX "PagePreview_workspaceId_createdAt_idx" ON "PagePreview"("workspaceId", "createdAt");

-- AddForeignKey
ALTER TABLE "PagePreview" ADD CONSTRAINT "PagePreview_workspaceId_variantId_fkey" FOREIGN KEY ("workspaceId", "variantId") REFERENCES "PageVariant"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security
SELECT protect_workspace_rows('"PagePreview"');
