-- CreateEnum
CREATE TYPE "AiCallStatus" AS ENUM ('planned', 'attempted', 'succeeded', 'failed', 'unknown');

-- CreateEnum
CREATE TYPE "PageLoopMode" AS ENUM ('off', 'approve', 'automatic');

-- CreateEnum
CREATE TYPE "PageLoopRunKind" AS ENUM ('analysis', 'generation');

-- CreateEnum
CREATE TYPE "PageLoopRunStatus" AS ENUM ('waiting', 'running', 'approval', 'done', 'failed', 'canceled');

-- CreateEnum
CREATE TYPE "PageCandidateStatus" AS ENUM ('proposed', 'refused', 'approval', 'accepted', 'rejected', 'undone');

-- CreateEnum
CREATE TYPE "MailState" AS ENUM ('queued', 'sent', 'delivered', 'opened', 'clicked', 'bounced', 'complained', 'suppressed', 'failed');

-- CreateEnum
CREATE TYPE "MailDispatch" AS ENUM ('planned', 'claimed', 'attempted', 'accepted', 'refused', 'unknown', 'lost', 'skipped', 'canceled');

-- CreateEnum
CREATE TYPE "MailClass" AS ENUM ('transactional', 'marketing');

-- CreateEnum
CREATE TYPE "PromptVariantStatus" AS ENUM ('draft', 'active', 'retired');

-- AlterTable
ALTER TABLE "ExperimentVariant" ADD COLUMN     "ceiling" DOUBLE PRECISION NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "AiCall" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "requestHash" BYTEA NOT NULL,
    "purpose" TEXT NOT NULL,
    "subjectType" TEXT,
    "subjectId" UUID,
    "promptName" TEXT,
    "promptVariantId" UUID,
    "model" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "parameters" JSONB NOT NULL DEFAULT '{}',
    "messages" JSONB NOT NULL,
    "response" TEXT,
    "status" "AiCallStatus" NOT NULL DEFAULT 'planned',
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "repaired" BOOLEAN NOT NULL DEFAULT false,
    "redacted" INTEGER NOT NULL DEFAULT 0,
    "inputTokens" INTEGER,
    "cachedTokens" INTEGER,
    "outputTokens" INTEGER,
    "costMicros" BIGINT,
    "pricesAsOf" DATE,
    "cachedFromId" UUID,
    "cacheExpiresAt" TIMESTAMPTZ(3),
    "latencyMs" INTEGER,
    "providerId" TEXT,
    "askedByType" TEXT NOT NULL,
    "askedById" UUID,
    "askedByName" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),
    "leaseUntil" TIMESTAMPTZ(3),

    CONSTRAINT "AiCall_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "AiSpending" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "month" DATE NOT NULL,
    "purpose" TEXT NOT NULL,
    "spentMicros" BIGINT NOT NULL DEFAULT 0,
    "reservedMicros" BIGINT NOT NULL DEFAULT 0,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "warnedAt" TIMESTAMPTZ(3),
    "stoppedAt" TIMESTAMPTZ(3),

    CONSTRAINT "AiSpending_pkey" PRIMARY KEY ("workspaceId","month","purpose")
);

-- CreateTable
CREATE TABLE "PageLoop" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "pageId" UUID NOT NULL,
    "mode" "PageLoopMode" NOT NULL DEFAULT 'off',
    "experimentId" UUID,
    "holdoutId" UUID,
    "limits" JSONB NOT NULL DEFAULT '{}',
    "record" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "PageLoop_pkey" PRIMARY KEY ("workspaceId","pageId")
);

-- CreateTable
CREATE TABLE "PageLoopRun" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "kind" "PageLoopRunKind" NOT NULL,
    "status" "PageLoopRunStatus" NOT NULL DEFAULT 'waiting',
    "occasion" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "state" JSONB NOT NULL DEFAULT '{}',
    "failure" TEXT,
    "requestedByType" TEXT NOT NULL,
    "requestedById" UUID,
    "requestedByName" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PageLoopRun_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PageLoopStep" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'done',
    "variantKey" TEXT,
    "summaryEn" TEXT NOT NULL,
    "summaryFr" TEXT NOT NULL,
    "evidence" JSONB NOT NULL DEFAULT '{}',
    "undo" JSONB,
    "actorType" TEXT NOT NULL DEFAULT 'system',
    "actorId" UUID,
    "actorName" TEXT NOT NULL DEFAULT '',
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "undoneAt" TIMESTAMPTZ(3),
    "undoneByName" TEXT,

    CONSTRAINT "PageLoopStep_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PageAnalysis" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "variantKey" TEXT NOT NULL,
    "visitors" INTEGER NOT NULL,
    "conversions" INTEGER NOT NULL,
    "conversionRate" DOUBLE PRECISION,
    "rateLower" DOUBLE PRECISION,
    "rateUpper" DOUBLE PRECISION,
    "engagementScore" DOUBLE PRECISION,
    "bounceRate" DOUBLE PRECISION,
    "confidence" DOUBLE PRECISION,
    "score" DOUBLE PRECISION,
    "share" DOUBLE PRECISION,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PageAnalysis_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PagePattern" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "effect" DOUBLE PRECISION NOT NULL,
    "lower" DOUBLE PRECISION NOT NULL,
    "upper" DOUBLE PRECISION NOT NULL,
    "visitors" INTEGER NOT NULL,
    "variants" INTEGER NOT NULL,
    "claimed" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PagePattern_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PageCandidate" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "parentVariantId" UUID NOT NULL,
    "otherParentId" UUID,
    "origin" TEXT NOT NULL,
    "rationale" TEXT NOT NULL DEFAULT '',
    "content" JSONB NOT NULL,
    "contentHash" BYTEA NOT NULL,
    "status" "PageCandidateStatus" NOT NULL DEFAULT 'proposed',
    "reasons" JSONB NOT NULL DEFAULT '[]',
    "promptExecutionId" UUID,
    "aiCallId" UUID,
    "variantId" UUID,
    "decidedByName" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decidedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PageCandidate_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "MailMessage" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "class" "MailClass" NOT NULL DEFAULT 'transactional',
    "topic" TEXT,
    "template" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "toAddress" TEXT NOT NULL,
    "toName" TEXT,
    "fromAddress" TEXT NOT NULL,
    "fromName" TEXT,
    "replyTo" TEXT,
    "data" JSONB NOT NULL,
    "subject" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "contentHash" BYTEA,
    "attachments" JSONB NOT NULL DEFAULT '[]',
    "subjectType" TEXT,
    "subjectId" UUID,
    "state" "MailState" NOT NULL DEFAULT 'queued',
    "dispatch" "MailDispatch" NOT NULL DEFAULT 'planned',
    "transport" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "leaseToken" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "notBefore" TIMESTAMPTZ(3),
    "providerId" TEXT,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "costMicros" BIGINT NOT NULL DEFAULT 0,
    "duplicates" INTEGER NOT NULL DEFAULT 0,
    "queuedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attemptedAt" TIMESTAMPTZ(3),
    "sentAt" TIMESTAMPTZ(3),
    "deliveredAt" TIMESTAMPTZ(3),
    "openedAt" TIMESTAMPTZ(3),
    "clickedAt" TIMESTAMPTZ(3),
    "bouncedAt" TIMESTAMPTZ(3),
    "complainedAt" TIMESTAMPTZ(3),
    "suppressedAt" TIMESTAMPTZ(3),
    "failedAt" TIMESTAMPTZ(3),

    CONSTRAINT "MailMessage_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "MailEvent" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "messageId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "actor" TEXT,
    "actorReason" TEXT,
    "rules" INTEGER,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MailEvent_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "MailLink" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "messageId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "url" TEXT NOT NULL,

    CONSTRAINT "MailLink_pkey" PRIMARY KEY ("workspaceId","messageId","index")
);

-- CreateTable
CREATE TABLE "MailTemplate" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "compiled" TEXT NOT NULL,
    "variables" JSONB NOT NULL DEFAULT '[]',
    "sample" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "MailTemplate_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "MailSuppression" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "addressHash" BYTEA NOT NULL,
    "address" TEXT,
    "topic" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL,
    "all" BOOLEAN NOT NULL DEFAULT false,
    "messageId" UUID,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MailSuppression_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "MailSoftBounce" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "addressHash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "messageId" UUID NOT NULL,

    CONSTRAINT "MailSoftBounce_pkey" PRIMARY KEY ("workspaceId","addressHash","at","messageId")
);

-- CreateTable
CREATE TABLE "MailWebhook" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" TEXT NOT NULL,
    "topicArn" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "handledAt" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "MailWebhook_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "MailRate" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "account" TEXT NOT NULL,
    "perSecond" DOUBLE PRECISION NOT NULL,
    "perDay" DOUBLE PRECISION,
    "sentLast24h" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "theoreticalAt" TIMESTAMPTZ(3) NOT NULL,
    "share" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "heldUntil" TIMESTAMPTZ(3),
    "refreshedAt" TIMESTAMPTZ(3),

    CONSTRAINT "MailRate_pkey" PRIMARY KEY ("workspaceId","account")
);

-- CreateTable
CREATE TABLE "Notification" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "severity" TEXT NOT NULL DEFAULT 'info',
    "titleEn" TEXT NOT NULL,
    "titleFr" TEXT NOT NULL,
    "bodyEn" TEXT NOT NULL DEFAULT '',
    "bodyFr" TEXT NOT NULL DEFAULT '',
    "link" TEXT,
    "data" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Notification_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "NotificationReceipt" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "notificationId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "readAt" TIMESTAMPTZ(3),
    "mail" TEXT NOT NULL DEFAULT 'none',
    "mailedAt" TIMESTAMPTZ(3),

    CONSTRAINT "NotificationReceipt_pkey" PRIMARY KEY ("workspaceId","notificationId","userId")
);

-- CreateTable
CREATE TABLE "NotificationPreference" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "userId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "inApp" BOOLEAN NOT NULL DEFAULT true,
    "mail" TEXT NOT NULL DEFAULT 'digest',

    CONSTRAINT "NotificationPreference_pkey" PRIMARY KEY ("workspaceId","userId","kind")
);

-- CreateTable
CREATE TABLE "ReportSubscription" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "userId" UUID NOT NULL,
    "daily" BOOLEAN NOT NULL DEFAULT true,
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "at" TEXT NOT NULL DEFAULT '07:30',
    "lastDay" DATE,

    CONSTRAINT "ReportSubscription_pkey" PRIMARY KEY ("workspaceId","userId")
);

-- CreateTable
CREATE TABLE "WebhookEndpoint" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "kinds" TEXT[],
    "active" BOOLEAN NOT NULL DEFAULT true,
    "disabledReason" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "WebhookEndpoint_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "WebhookDelivery" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "endpointId" UUID NOT NULL,
    "notificationId" UUID NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "responseStatus" INTEGER,
    "error" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "nextAt" TIMESTAMPTZ(3),
    "deliveredAt" TIMESTAMPTZ(3),

    CONSTRAINT "WebhookDelivery_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "AlertRule" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "filter" JSONB NOT NULL DEFAULT '{}',
    "kind" TEXT NOT NULL,
    "direction" TEXT NOT NULL DEFAULT 'below',
    "threshold" DOUBLE PRECISION,
    "sensitivity" DOUBLE PRECISION NOT NULL DEFAULT 3.5,
    "weeks" INTEGER NOT NULL DEFAULT 6,
    "minimum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "window" INTEGER NOT NULL DEFAULT 60,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "checkedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AlertRule_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "Alert" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "ruleId" UUID NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "value" DOUBLE PRECISION NOT NULL,
    "expected" DOUBLE PRECISION,
    "score" DOUBLE PRECISION,
    "causeEn" TEXT NOT NULL,
    "causeFr" TEXT NOT NULL,
    "evidence" JSONB NOT NULL DEFAULT '{}',
    "openedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "acknowledgedAt" TIMESTAMPTZ(3),
    "acknowledgedById" UUID,
    "resolvedAt" TIMESTAMPTZ(3),
    "resolvedById" UUID,

    CONSTRAINT "Alert_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "DailyReport" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "timeZone" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "messageId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DailyReport_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "Prompt" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "variables" JSONB NOT NULL DEFAULT '[]',
    "builtIn" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Prompt_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PromptVariant" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "promptId" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "language" TEXT NOT NULL,
    "status" "PromptVariantStatus" NOT NULL DEFAULT 'draft',
    "system" TEXT NOT NULL DEFAULT '',
    "template" TEXT NOT NULL,
    "parameters" JSONB NOT NULL DEFAULT '{}',
    "score" DOUBLE PRECISION,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "note" TEXT NOT NULL DEFAULT '',
    "createdByType" TEXT NOT NULL,
    "createdById" UUID,
    "createdByName" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activatedAt" TIMESTAMPTZ(3),
    "retiredAt" TIMESTAMPTZ(3),

    CONSTRAINT "PromptVariant_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PromptExecution" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "variantId" UUID NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "callId" UUID,
    "testId" UUID,
    "subject" TEXT,
    "variables" JSONB NOT NULL,
    "output" JSONB,
    "environment" TEXT NOT NULL DEFAULT 'production',
    "responseTimeMs" INTEGER,
    "tokens" INTEGER,
    "costMicros" BIGINT,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "quality" DOUBLE PRECISION,
    "accuracy" DOUBLE PRECISION,
    "consistency" DOUBLE PRECISION,
    "completeness" DOUBLE PRECISION,
    "rating" DOUBLE PRECISION,
    "executedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PromptExecution_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PromptScore" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "executionId" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PromptScore_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PromptTest" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "promptId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "controlVariantId" UUID NOT NULL,
    "treatmentVariantId" UUID NOT NULL,
    "controlShare" DOUBLE PRECISION NOT NULL DEFAULT 0.5,
    "minSampleSize" INTEGER NOT NULL DEFAULT 100,
    "maxDays" INTEGER NOT NULL DEFAULT 7,
    "significanceLevel" DOUBLE PRECISION NOT NULL DEFAULT 0.05,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "experimentId" UUID,
    "controlMetrics" JSONB,
    "treatmentMetrics" JSONB,
    "pValue" DOUBLE PRECISION,
    "winnerVariantId" UUID,
    "reason" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PromptTest_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PromptLineage" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "parentId" UUID NOT NULL,
    "childId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "strategy" TEXT NOT NULL DEFAULT '',
    "algorithm" TEXT NOT NULL DEFAULT '',
    "goals" TEXT[],
    "parentPerformance" JSONB NOT NULL DEFAULT '{}',
    "childPerformance" JSONB,
    "improvement" DOUBLE PRECISION,
    "feedback" JSONB NOT NULL DEFAULT '[]',
    "evolutionId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "measuredAt" TIMESTAMPTZ(3),

    CONSTRAINT "PromptLineage_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PromptCase" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "promptId" UUID NOT NULL,
    "language" TEXT NOT NULL,
    "variables" JSONB NOT NULL,
    "expectation" JSONB NOT NULL DEFAULT '{}',
    "heldBack" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PromptCase_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PromptEvolution" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "promptId" UUID NOT NULL,
    "language" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "goals" TEXT[],
    "budgetMicros" BIGINT NOT NULL,
    "spentMicros" BIGINT NOT NULL DEFAULT 0,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "generations" INTEGER NOT NULL,
    "seed" TEXT NOT NULL,
    "state" JSONB NOT NULL DEFAULT '{}',
    "outcome" JSONB,
    "failure" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PromptEvolution_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "Feedback" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "actionType" TEXT NOT NULL,
    "outcome" TEXT,
    "executionId" UUID,
    "subjectType" TEXT,
    "subjectId" UUID,
    "predicted" JSONB,
    "actual" JSONB,
    "confidence" DOUBLE PRECISION,
    "impact" INTEGER,
    "context" JSONB NOT NULL DEFAULT '{}',
    "notesEn" TEXT NOT NULL DEFAULT '',
    "notesFr" TEXT NOT NULL DEFAULT '',
    "applied" BOOLEAN NOT NULL DEFAULT false,
    "learningImpact" DOUBLE PRECISION,
    "processedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Feedback_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateIndex
CREATE INDEX "AiCall_workspaceId_createdAt_id_idx" ON "AiCall"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "AiCall_workspaceId_purpose_createdAt_idx" ON "AiCall"("workspaceId", "purpose", "createdAt");

-- CreateIndex
CREATE INDEX "AiCall_workspaceId_requestHash_cacheExpiresAt_idx" ON "AiCall"("workspaceId", "requestHash", "cacheExpiresAt");

-- CreateIndex
CREATE INDEX "AiCall_workspaceId_status_idx" ON "AiCall"("workspaceId", "status");

-- CreateIndex
CREATE INDEX "AiCall_workspaceId_subjectType_subjectId_idx" ON "AiCall"("workspaceId", "subjectType", "subjectId");

-- CreateIndex
CREATE UNIQUE INDEX "AiCall_workspaceId_idempotencyKey_key" ON "AiCall"("workspaceId", "idempotencyKey");

-- CreateIndex
CREATE INDEX "PageLoopRun_workspaceId_status_idx" ON "PageLoopRun"("workspaceId", "status");

-- CreateIndex
CREATE INDEX "PageLoopRun_workspaceId_pageId_createdAt_idx" ON "PageLoopRun"("workspaceId", "pageId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "PageLoopRun_workspaceId_pageId_kind_occasion_key" ON "PageLoopRun"("workspaceId", "pageId", "kind", "occasion");

-- CreateIndex
CREATE INDEX "PageLoopStep_workspaceId_pageId_at_idx" ON "PageLoopStep"("workspaceId", "pageId", "at");

-- CreateIndex
CREATE UNIQUE INDEX "PageLoopStep_workspaceId_runId_number_key" ON "PageLoopStep"("workspaceId", "runId", "number");

-- CreateIndex
CREATE INDEX "PageAnalysis_workspaceId_pageId_variantKey_at_idx" ON "PageAnalysis"("workspaceId", "pageId", "variantKey", "at");

-- CreateIndex
CREATE UNIQUE INDEX "PageAnalysis_workspaceId_runId_variantKey_key" ON "PageAnalysis"("workspaceId", "runId", "variantKey");

-- CreateIndex
CREATE INDEX "PagePattern_workspaceId_pageId_at_idx" ON "PagePattern"("workspaceId", "pageId", "at");

-- CreateIndex
CREATE UNIQUE INDEX "PagePattern_workspaceId_runId_feature_key" ON "PagePattern"("workspaceId", "runId", "feature");

-- CreateIndex
CREATE INDEX "PageCandidate_workspaceId_pageId_createdAt_idx" ON "PageCandidate"("workspaceId", "pageId", "createdAt");

-- CreateIndex
CREATE INDEX "PageCandidate_workspaceId_pageId_contentHash_idx" ON "PageCandidate"("workspaceId", "pageId", "contentHash");

-- CreateIndex
CREATE UNIQUE INDEX "PageCandidate_workspaceId_runId_number_key" ON "PageCandidate"("workspaceId", "runId", "number");

-- CreateIndex
CREATE INDEX "MailMessage_workspaceId_queuedAt_id_idx" ON "MailMessage"("workspaceId", "queuedAt", "id");

-- CreateIndex
CREATE INDEX "MailMessage_workspaceId_dispatch_notBefore_idx" ON "MailMessage"("workspaceId", "dispatch", "notBefore");

-- CreateIndex
CREATE INDEX "MailMessage_workspaceId_toAddress_idx" ON "MailMessage"("workspaceId", "toAddress");

-- CreateIndex
CREATE INDEX "MailMessage_workspaceId_subjectType_subjectId_idx" ON "MailMessage"("workspaceId", "subjectType", "subjectId");

-- CreateIndex
CREATE UNIQUE INDEX "MailMessage_workspaceId_idempotencyKey_key" ON "MailMessage"("workspaceId", "idempotencyKey");

-- CreateIndex
CREATE UNIQUE INDEX "MailEvent_workspaceId_messageId_fingerprint_key" ON "MailEvent"("workspaceId", "messageId", "fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "MailTemplate_workspaceId_name_language_key" ON "MailTemplate"("workspaceId", "name", "language");

-- CreateIndex
CREATE INDEX "MailSuppression_workspaceId_createdAt_id_idx" ON "MailSuppression"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "MailSuppression_workspaceId_addressHash_topic_key" ON "MailSuppression"("workspaceId", "addressHash", "topic");

-- CreateIndex
CREATE INDEX "MailWebhook_workspaceId_receivedAt_idx" ON "MailWebhook"("workspaceId", "receivedAt");

-- CreateIndex
CREATE INDEX "Notification_workspaceId_createdAt_id_idx" ON "Notification"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Notification_workspaceId_key_key" ON "Notification"("workspaceId", "key");

-- CreateIndex
CREATE INDEX "NotificationReceipt_workspaceId_userId_readAt_idx" ON "NotificationReceipt"("workspaceId", "userId", "readAt");

-- CreateIndex
CREATE INDEX "NotificationReceipt_workspaceId_mail_idx" ON "NotificationReceipt"("workspaceId", "mail");

-- CreateIndex
CREATE INDEX "WebhookDelivery_workspaceId_createdAt_id_idx" ON "WebhookDelivery"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "WebhookDelivery_workspaceId_endpointId_notificationId_key" ON "WebhookDelivery"("workspaceId", "endpointId", "notificationId");

-- CreateIndex
CREATE INDEX "Alert_workspaceId_ruleId_status_idx" ON "Alert"("workspaceId", "ruleId", "status");

-- CreateIndex
CREATE INDEX "Alert_workspaceId_openedAt_id_idx" ON "Alert"("workspaceId", "openedAt", "id");

-- CreateIndex
CREATE INDEX "DailyReport_workspaceId_createdAt_id_idx" ON "DailyReport"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "DailyReport_workspaceId_userId_day_key" ON "DailyReport"("workspaceId", "userId", "day");

-- CreateIndex
CREATE UNIQUE INDEX "Prompt_workspaceId_name_key" ON "Prompt"("workspaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "PromptVariant_workspaceId_promptId_language_version_key" ON "PromptVariant"("workspaceId", "promptId", "language", "version");

-- CreateIndex
CREATE INDEX "PromptExecution_workspaceId_variantId_executedAt_idx" ON "PromptExecution"("workspaceId", "variantId", "executedAt");

-- CreateIndex
CREATE INDEX "PromptExecution_workspaceId_executedAt_id_idx" ON "PromptExecution"("workspaceId", "executedAt", "id");

-- CreateIndex
CREATE INDEX "PromptExecution_workspaceId_testId_idx" ON "PromptExecution"("workspaceId", "testId");

-- CreateIndex
CREATE UNIQUE INDEX "PromptExecution_workspaceId_idempotencyKey_key" ON "PromptExecution"("workspaceId", "idempotencyKey");

-- CreateIndex
CREATE UNIQUE INDEX "PromptScore_workspaceId_executionId_source_by_metric_key" ON "PromptScore"("workspaceId", "executionId", "source", "by", "metric");

-- CreateIndex
CREATE INDEX "PromptTest_workspaceId_promptId_createdAt_idx" ON "PromptTest"("workspaceId", "promptId", "createdAt");

-- CreateIndex
CREATE INDEX "PromptTest_workspaceId_status_idx" ON "PromptTest"("workspaceId", "status");

-- CreateIndex
CREATE INDEX "PromptLineage_workspaceId_parentId_idx" ON "PromptLineage"("workspaceId", "parentId");

-- CreateIndex
CREATE UNIQUE INDEX "PromptLineage_workspaceId_childId_parentId_key" ON "PromptLineage"("workspaceId", "childId", "parentId");

-- CreateIndex
CREATE INDEX "PromptCase_workspaceId_promptId_idx" ON "PromptCase"("workspaceId", "promptId");

-- CreateIndex
CREATE INDEX "PromptEvolution_workspaceId_promptId_createdAt_idx" ON "PromptEvolution"("workspaceId", "promptId", "createdAt");

-- CreateIndex
CREATE INDEX "Feedback_workspaceId_createdAt_id_idx" ON "Feedback"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Feedback_workspaceId_expiresAt_idx" ON "Feedback"("workspaceId", "expiresAt");

-- CreateIndex
CREATE INDEX "Feedback_workspaceId_applied_idx" ON "Feedback"("workspaceId", "applied");

-- CreateIndex
CREATE INDEX "Feedback_workspaceId_executionId_idx" ON "Feedback"("workspaceId", "executionId");

-- CreateIndex
CREATE INDEX "Feedback_workspaceId_subjectType_subjectId_idx" ON "Feedback"("workspaceId", "subjectType", "subjectId");

-- AddForeignKey
ALTER TABLE "PageLoopRun" ADD CONSTRAINT "PageLoopRun_workspaceId_pageId_fkey" FOREIGN KEY ("workspaceId", "pageId") REFERENCES "Page"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PageLoopStep" ADD CONSTRAINT "PageLoopStep_workspaceId_runId_fkey" FOREIGN KEY ("workspaceId", "runId") REFERENCES "PageLoopRun"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PageAnalysis" ADD CONSTRAINT "PageAnalysis_workspaceId_runId_fkey" FOREIGN KEY ("workspaceId", "runId") REFERENCES "PageLoopRun"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PagePattern" ADD CONSTRAINT "PagePattern_workspaceId_runId_fkey" FOREIGN KEY ("workspaceId", "runId") REFERENCES "PageLoopRun"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PageCandidate" ADD CONSTRAINT "PageCandidate_workspaceId_runId_fkey" FOREIGN KEY ("workspaceId", "runId") REFERENCES "PageLoopRun"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MailEvent" ADD CONSTRAINT "MailEvent_workspaceId_messageId_fkey" FOREIGN KEY ("workspaceId", "messageId") REFERENCES "MailMessage"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MailLink" ADD CONSTRAINT "MailLink_workspaceId_messageId_fkey" FOREIGN KEY ("workspaceId", "messageId") REFERENCES "MailMessage"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NotificationReceipt" ADD CONSTRAINT "NotificationReceipt_workspaceId_notificationId_fkey" FOREIGN KEY ("workspaceId", "notificationId") REFERENCES "Notification"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_workspaceId_endpointId_fkey" FOREIGN KEY ("workspaceId", "endpointId") REFERENCES "WebhookEndpoint"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_workspaceId_notificationId_fkey" FOREIGN KEY ("workspaceId", "notificationId") REFERENCES "Notification"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Alert" ADD CONSTRAINT "Alert_workspaceId_ruleId_fkey" FOREIGN KEY ("workspaceId", "ruleId") REFERENCES "AlertRule"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PromptVariant" ADD CONSTRAINT "PromptVariant_workspaceId_promptId_fkey" FOREIGN KEY ("workspaceId", "promptId") REFERENCES "Prompt"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PromptExecution" ADD CONSTRAINT "PromptExecution_workspaceId_variantId_fkey" FOREIGN KEY ("workspaceId", "variantId") REFERENCES "PromptVariant"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PromptScore" ADD CONSTRAINT "PromptScore_workspaceId_executionId_fkey" FOREIGN KEY ("workspaceId", "executionId") REFERENCES "PromptExecution"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PromptTest" ADD CONSTRAINT "PromptTest_workspaceId_promptId_fkey" FOREIGN KEY ("workspaceId", "promptId") REFERENCES "Prompt"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PromptLineage" ADD CONSTRAINT "PromptLineage_workspaceId_parentId_fkey" FOREIGN KEY ("workspaceId", "parentId") REFERENCES "PromptVariant"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PromptLineage" ADD CONSTRAINT "PromptLineage_workspaceId_childId_fkey" FOREIGN KEY ("workspaceId", "childId") REFERENCES "PromptVariant"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PromptCase" ADD CONSTRAINT "PromptCase_workspaceId_promptId_fkey" FOREIGN KEY ("workspaceId", "promptId") REFERENCES "Prompt"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PromptEvolution" ADD CONSTRAINT "PromptEvolution_workspaceId_promptId_fkey" FOREIGN KEY ("workspaceId", "promptId") REFERENCES "Prompt"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security
SELECT protect_workspace_rows('"AiCall"');
SELECT protect_workspace_rows('"AiSpending"');
SELECT protect_workspace_rows('"PageLoop"');
SELECT protect_workspace_rows('"PageLoopRun"');
SELECT protect_workspace_rows('"PageLoopStep"');
SELECT protect_workspace_rows('"PageAnalysis"');
SELECT protect_workspace_rows('"PagePattern"');
SELECT protect_workspace_rows('"PageCandidate"');
SELECT protect_workspace_rows('"MailMessage"');
SELECT protect_workspace_rows('"MailEvent"');
SELECT protect_workspace_rows('"MailLink"');
SELECT protect_workspace_rows('"MailTemplate"');
SELECT protect_workspace_rows('"MailSuppression"');
SELECT protect_workspace_rows('"MailSoftBounce"');
SELECT protect_workspace_rows('"MailWebhook"');
SELECT protect_workspace_rows('"MailRate"');
SELECT protect_workspace_rows('"Notification"');
SELECT protect_workspace_rows('"NotificationReceipt"');
SELECT protect_workspace_rows('"NotificationPreference"');
SELECT protect_workspace_rows('"ReportSubscription"');
SELECT protect_workspace_rows('"WebhookEndpoint"');
SELECT protect_workspace_rows('"WebhookDelivery"');
SELECT protect_workspace_rows('"AlertRule"');
SELECT protect_workspace_rows('"Alert"');
SELECT protect_workspace_rows('"DailyReport"');
SELECT protect_workspace_rows('"Prompt"');
SELECT protect_workspace_rows('"PromptVariant"');
SELECT protect_workspace_rows('"PromptExecution"');
SELECT protect_workspace_rows('"PromptScore"');
SELECT protect_workspace_rows('"PromptTest"');
SELECT protect_workspace_rows('"PromptLineage"');
SELECT protect_workspace_rows('"PromptCase"');
SELECT protect_workspace_rows('"PromptEvolution"');
SELECT protect_workspace_rows('"Feedback"');
