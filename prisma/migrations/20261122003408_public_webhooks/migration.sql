-- The owner reads past policies only where they are not forced on it.
ALTER TABLE "WebhookEndpoint" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "WebhookDelivery" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "Notification" NO FORCE ROW LEVEL SECURITY;

-- AlterTable
ALTER TABLE "WebhookEndpoint" ADD COLUMN     "eventTypes" TEXT[] DEFAULT ARRAY['notification.*']::TEXT[],
ADD COLUMN     "ordered" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "redeliveryAt" TIMESTAMPTZ(3),
ADD COLUMN     "redeliveryId" UUID,
ADD COLUMN     "restUntil" TIMESTAMPTZ(3);

-- Endpoints go on to get what they got: no kinds were all kinds.
UPDATE "WebhookEndpoint" SET "eventTypes" = (SELECT array_agg('notification.' || kind ORDER BY kind) FROM unnest("kinds") kind)
  WHERE "kinds" <> '{}';
ALTER TABLE "WebhookEndpoint" DROP COLUMN "kinds";

-- AlterTable
ALTER TABLE "WebhookDelivery" ADD COLUMN     "claimedUntil" TIMESTAMPTZ(3),
ADD COLUMN     "earlierAttempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "eventType" TEXT,
ADD COLUMN     "giveUpAt" TIMESTAMPTZ(3),
ADD COLUMN     "isTest" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "messageId" UUID,
ADD COLUMN     "orderKey" TEXT,
ADD COLUMN     "queuedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
ADD COLUMN     "redeliveryId" UUID;

-- CreateTable
CREATE TABLE "WebhookMessage" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WebhookMessage_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "WebhookAttempt" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "deliveryId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "durationMs" INTEGER NOT NULL,
    "responseStatus" INTEGER,
    "responseBody" TEXT NOT NULL DEFAULT '',
    "error" TEXT,

    CONSTRAINT "WebhookAttempt_pkey" PRIMARY KEY ("workspaceId","id")
);

-- What was told and tried out before: each gets the message that it was. Of a notification the path in the app stands for its address.
INSERT INTO "WebhookMessage" ("workspaceId", "id", "type", "body", "createdAt")
  SELECT "workspaceId", "id", 'notification.' || "kind", jsonb_build_object(
      'id', "id", 'type', 'notification.' || "kind", 'workspaceId', "workspaceId",
      'timestamp', to_char("createdAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'data', jsonb_build_object('id', "id", 'workspaceId', "workspaceId", 'key', "key", 'severity', "severity",
        'title', jsonb_build_object('en', "titleEn", 'fr', "titleFr"), 'body', jsonb_build_object('en', "bodyEn", 'fr', "bodyFr"),
        'url', '/admin' || "link", 'details', "data"))::text, "createdAt"
    FROM "Notification" notification
    WHERE EXISTS (SELECT FROM "WebhookDelivery" delivery
      WHERE delivery."workspaceId" = notification."workspaceId" AND delivery."notificationId" = notification."id");
INSERT INTO "WebhookMessage" ("workspaceId", "id", "type", "body", "createdAt")
  SELECT "workspaceId", "id", 'test', jsonb_build_object('id', "id", 'type', 'test', 'workspaceId', "workspaceId", 'test', true,
      'timestamp', to_char("createdAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'data', jsonb_build_object('workspaceId', "workspaceId"))::text, "createdAt"
    FROM "WebhookDelivery" WHERE "notificationId" IS NULL;
UPDATE "WebhookDelivery" delivery SET "messageId" = message."id", "eventType" = message."type", "isTest" = message."type" = 'test',
    "queuedAt" = delivery."createdAt", "giveUpAt" = delivery."createdAt" + interval '1 day'
  FROM "WebhookMessage" message
  WHERE message."workspaceId" = delivery."workspaceId" AND message."id" = coalesce(delivery."notificationId", delivery."id");
ALTER TABLE "WebhookDelivery" ALTER COLUMN "messageId" SET NOT NULL, ALTER COLUMN "eventType" SET NOT NULL;

ALTER TABLE "WebhookEndpoint" FORCE ROW LEVEL SECURITY;
ALTER TABLE "WebhookDelivery" FORCE ROW LEVEL SECURITY;
ALTER TABLE "Notification" FORCE ROW LEVEL SECURITY;

-- CreateIndex
CREATE INDEX "WebhookMessage_workspaceId_createdAt_id_idx" ON "WebhookMessage"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "WebhookAttempt_workspaceId_deliveryId_number_idx" ON "WebhookAttempt"("workspaceId", "deliveryId", "number");

-- CreateIndex
CREATE INDEX "WebhookDelivery_workspaceId_messageId_idx" ON "WebhookDelivery"("workspaceId", "messageId");

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_workspaceId_messageId_fkey" FOREIGN KEY ("workspaceId", "messageId") REFERENCES "WebhookMessage"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookAttempt" ADD CONSTRAINT "WebhookAttempt_workspaceId_deliveryId_fkey" FOREIGN KEY ("workspaceId", "deliveryId") REFERENCES "WebhookDelivery"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security
SELECT protect_workspace_rows('"WebhookMessage"');
SELECT protect_workspace_rows('"WebhookAttempt"');

-- What waits to be posted to an endpoint, what waits in the line of a key, and how far a redelivery has come.
CREATE INDEX "WebhookDelivery_due" ON "WebhookDelivery" ("workspaceId", "endpointId", "nextAt", "queuedAt") WHERE "status" = 'waiting';
CREATE INDEX "WebhookDelivery_line" ON "WebhookDelivery" ("workspaceId", "endpointId", "orderKey", "queuedAt")
  WHERE "status" = 'waiting' AND "orderKey" IS NOT NULL;
CREATE INDEX "WebhookDelivery_redelivery" ON "WebhookDelivery" ("workspaceId", "redeliveryId") WHERE "redeliveryId" IS NOT NULL;
