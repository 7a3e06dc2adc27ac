-- Every version of a message's row stood in them: in the first two also where it has nothing that is looked for (mail_provider_index and
-- mail_subject_index hold the rest), and the third is never used, as the equality of an enum is asked after the policy (mail_under_way).
DROP INDEX "MailMessage_workspaceId_providerId_idx";
DROP INDEX "MailMessage_workspaceId_subjectType_subjectId_idx";
DROP INDEX "MailMessage_workspaceId_class_sentAt_idx";
