-- DropIndex
DROP INDEX "MailMessage_workspaceId_dispatch_class_notBefore_id_idx";

-- Under row level security a condition on an enum is no condition of an index: its equality is not leakproof, so it is asked after the
-- policy, row by row. As the predicate of an index it works. So what claims look for, in their order, is an index of its own by class.
CREATE INDEX "MailMessage_due_transactional" ON "MailMessage" ("workspaceId", "notBefore", "id")
  WHERE "dispatch" = 'planned' AND "class" = 'transactional';
CREATE INDEX "MailMessage_due_marketing" ON "MailMessage" ("workspaceId", "notBefore", "id")
  WHERE "dispatch" = 'planned' AND "class" = 'marketing';

-- What a worker has in hand, and what is not known.
CREATE INDEX "MailMessage_leased" ON "MailMessage" ("workspaceId", "leaseUntil") WHERE "dispatch" IN ('claimed', 'attempted');
CREATE INDEX "MailMessage_unknown" ON "MailMessage" ("workspaceId", "attemptedAt") WHERE "dispatch" = 'unknown';

-- In which workspaces something is under way: asked by the system, for all. It does not begin with the workspace, so that claims
-- do not take it for theirs after a bulk of messages, before there are new statistics.
DROP INDEX "MailMessage_under_way";
CREATE INDEX "MailMessage_under_way" ON "MailMessage" ("dispatch", "workspaceId")
  WHERE "dispatch" IN ('planned', 'claimed', 'attempted', 'unknown');

-- What failed and what was held back, by day.
CREATE INDEX "MailMessage_failed" ON "MailMessage" ("workspaceId", "failedAt") WHERE "state" = 'failed';
CREATE INDEX "MailMessage_suppressed" ON "MailMessage" ("workspaceId", "suppressedAt") WHERE "state" = 'suppressed';
