-- How many goals were reached on each page: one row a page.
CREATE TABLE "MilestoneTally" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "pageId" UUID NOT NULL,
    "goals" INTEGER NOT NULL,

    CONSTRAINT "MilestoneTally_pkey" PRIMARY KEY ("workspaceId", "pageId")
);

CREATE TABLE "Milestone" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    -- The how-manieth goal it was.
    "goals" INTEGER NOT NULL,
    "reachedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Milestone_pkey" PRIMARY KEY ("workspaceId", "id")
);

CREATE UNIQUE INDEX "Milestone_workspaceId_pageId_goals_key" ON "Milestone"("workspaceId", "pageId", "goals");

SELECT protect_workspace_rows('"MilestoneTally"');
SELECT protect_workspace_rows('"Milestone"');
