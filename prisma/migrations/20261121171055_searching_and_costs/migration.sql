-- What was sent, without the names of the fields: it is made anew whenever the values change, and leaves with the row.
ALTER TABLE "FormSubmission" ADD COLUMN "searchText" TEXT
  GENERATED ALWAYS AS (jsonb_path_query_array("values", '$.*')::text) STORED;

-- Lists that begin with what cost most; what has no price comes last.
CREATE INDEX "AiCall_workspaceId_costMicros_idx" ON "AiCall" ("workspaceId", "costMicros" DESC NULLS LAST, "id" DESC);
CREATE INDEX "PromptExecution_workspaceId_costMicros_idx"
  ON "PromptExecution" ("workspaceId", "costMicros" DESC NULLS LAST, "id" DESC);
