-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN     "documentsOnly" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "ApiOperation" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "apiKeyId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "schema" TEXT NOT NULL,
    "transport" TEXT NOT NULL,
    "kind" TEXT,
    "name" TEXT,
    "documentHash" TEXT,
    "cost" INTEGER NOT NULL,
    "durationMs" DOUBLE PRECISION NOT NULL,
    "outcome" TEXT NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "traceId" TEXT NOT NULL,
    "clientName" TEXT,
    "clientVersion" TEXT,

    CONSTRAINT "ApiOperation_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "ApiUsage" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "apiKeyId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "schema" TEXT NOT NULL,
    "documentHash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "calls" INTEGER NOT NULL,
    "errors" INTEGER NOT NULL,
    "cost" DOUBLE PRECISION NOT NULL,
    "durationMs" DOUBLE PRECISION NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ApiUsage_pkey" PRIMARY KEY ("workspaceId","apiKeyId","day","schema","documentHash","name")
);

-- CreateTable
CREATE TABLE "DeprecatedUse" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "apiKeyId" UUID NOT NULL,
    "schema" TEXT NOT NULL,
    "coordinate" TEXT NOT NULL,
    "uses" INTEGER NOT NULL,
    "firstAt" TIMESTAMPTZ(3) NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,
    "operationName" TEXT,
    "documentHash" TEXT NOT NULL,

    CONSTRAINT "DeprecatedUse_pkey" PRIMARY KEY ("workspaceId","apiKeyId","schema","coordinate")
);

-- CreateTable
CREATE TABLE "TrustedDocument" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "schema" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrustedDocument_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateIndex
CREATE INDEX "ApiOperation_workspaceId_apiKeyId_id_idx" ON "ApiOperation"("workspaceId", "apiKeyId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "TrustedDocument_workspaceId_schema_hash_key" ON "TrustedDocument"("workspaceId", "schema", "hash");

-- Row level security
SELECT protect_workspace_rows('"ApiOperation"');
SELECT protect_workspace_rows('"ApiUsage"');
SELECT protect_workspace_rows('"DeprecatedUse"');
SELECT protect_workspace_rows('"TrustedDocument"');
