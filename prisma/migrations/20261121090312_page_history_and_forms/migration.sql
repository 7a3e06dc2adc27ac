-- CreateEnum
CREATE TYPE "PageAuthorType" AS ENUM ('user', 'apiKey', 'system');

-- CreateEnum
CREATE TYPE "FormSubmissionStatus" AS ENUM ('received', 'spam');

-- CreateEnum
CREATE TYPE "SpamReason" AS ENUM ('trap', 'tooFast', 'bot', 'repeated', 'marked');

-- AlterTable
ALTER TABLE "PageVariant" ADD COLUMN     "createdById" UUID,
ADD COLUMN     "createdByName" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "createdByType" "PageAuthorType" NOT NULL DEFAULT 'system',
ADD COLUMN     "parentVariantId" UUID,
ADD COLUMN     "publishedRevisionId" UUID,
ADD COLUMN     "status" "PageStatus" NOT NULL DEFAULT 'draft';

-- CreateTable
CREATE TABLE "PageRevision" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "variantId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "content" JSONB NOT NULL,
    "changes" JSONB NOT NULL,
    "authorType" "PageAuthorType" NOT NULL,
    "authorId" UUID,
    "authorName" TEXT NOT NULL,
    "restoredFrom" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "publishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PageRevision_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "FormSubmission" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "variantKey" TEXT NOT NULL,
    "form" TEXT NOT NULL,
    "values" JSONB NOT NULL,
    "status" "FormSubmissionStatus" NOT NULL DEFAULT 'received',
    "spamReason" "SpamReason",
    "visitorId" UUID,
    "viewId" UUID NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "FormSubmission_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "PageRevision_workspaceId_variantId_number_key" ON "PageRevision"("workspaceId", "variantId", "number");

-- CreateIndex
CREATE INDEX "FormSubmission_workspaceId_pageId_createdAt_idx" ON "FormSubmission"("workspaceId", "pageId", "createdAt");

-- CreateIndex
CREATE INDEX "FormSubmission_workspaceId_createdAt_idx" ON "FormSubmission"("workspaceId", "createdAt");

-- CreateIndex
CREATE INDEX "FormSubmission_workspaceId_viewId_idx" ON "FormSubmission"("workspaceId", "viewId");

-- CreateIndex
CREATE INDEX "FormSubmission_workspaceId_fingerprint_idx" ON "FormSubmission"("workspaceId", "fingerprint");

-- CreateIndex
CREATE INDEX "PageVariant_workspaceId_parentVariantId_idx" ON "PageVariant"("workspaceId", "parentVariantId");

-- AddForeignKey
ALTER TABLE "PageVariant" ADD CONSTRAINT "PageVariant_workspaceId_parentVariantId_fkey" FOREIGN KEY ("workspaceId", "parentVariantId") REFERENCES "PageVariant"("workspaceId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "PageRevision" ADD CONSTRAINT "PageRevision_workspaceId_variantId_fkey" FOREIGN KEY ("workspaceId", "variantId") REFERENCES "PageVariant"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FormSubmission" ADD CONSTRAINT "FormSubmission_workspaceId_pageId_fkey" FOREIGN KEY ("workspaceId", "pageId") REFERENCES "Page"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security
SELECT protect_workspace_rows('"PageRevision"');
SELECT protect_workspace_rows('"FormSubmission"');

-- What is there becomes the first revisions: what was published, then what editors have changed since.
-- The owner reads past policies only where they are not forced on it.
ALTER TABLE "PageVariant" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "PageRevision" NO FORCE ROW LEVEL SECURITY;
INSERT INTO "PageRevision" ("workspaceId", "id", "variantId", "number", "content", "changes", "authorType", "authorName", "createdAt", "publishedAt")
SELECT "workspaceId", gen_random_uuid(), "id", 1, coalesce("published", "content"), '[]', 'system', 'migration', "createdAt",
  CASE WHEN "published" IS NOT NULL THEN "updatedAt" END
FROM "PageVariant";
INSERT INTO "PageRevision" ("workspaceId", "id", "variantId", "number", "content", "changes", "authorType", "authorName", "createdAt")
SELECT "workspaceId", gen_random_uuid(), "id", 2, "content", '[]', 'system', 'migration', "updatedAt"
FROM "PageVariant" WHERE "published" IS DISTINCT FROM "content" AND "published" IS NOT NULL;
UPDATE "PageVariant" v SET "status" = 'active', "publishedRevisionId" = r."id"
FROM "PageRevision" r
WHERE r."workspaceId" = v."workspaceId" AND r."variantId" = v."id" AND r."number" = 1 AND v."published" IS NOT NULL;
ALTER TABLE "PageVariant" FORCE ROW LEVEL SECURITY;
ALTER TABLE "PageRevision" FORCE ROW LEVEL SECURITY;
