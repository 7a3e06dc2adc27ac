CREATE INDEX CONCURRENTLY "MailMessage_provider" ON "MailMessage" ("workspaceId", "providerId") WHERE "providerId" IS NOT NULL;
