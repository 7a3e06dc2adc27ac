-- DropIndex
DROP INDEX "MailMessage_workspaceId_sentAt_idx";

-- What was sent, by day and by hour, with all that is counted of it: messages are wide, and far apart.
CREATE INDEX "MailMessage_sent" ON "MailMessage" ("workspaceId", "sentAt")
  INCLUDE ("costMicros", "deliveredAt", "openedAt", "clickedAt", "bouncedAt", "complainedAt");
