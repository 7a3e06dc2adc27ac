CREATE INDEX CONCURRENTLY "MailMessage_subject" ON "MailMessage" ("workspaceId", "subjectId") WHERE "subjectId" IS NOT NULL;
