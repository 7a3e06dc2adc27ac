-- CreateTable
CREATE TABLE "PageRolloutVital" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "rolloutId" UUID NOT NULL,
    "candidate" BOOLEAN NOT NULL,
    "metric" TEXT NOT NULL,
    "bucket" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "PageRolloutVital_pkey" PRIMARY KEY ("workspaceId","rolloutId","candidate","metric","bucket")
);

-- AddForeignKey
ALTER TABLE "PageRolloutVital" ADD CONSTRAINT "PageRolloutVital_workspaceId_rolloutId_fkey" FOREIGN KEY ("workspaceId", "rolloutId") REFERENCES "PageRollout"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security
SELECT protect_workspace_rows('"PageRolloutVital"');
