-- CreateTable
CREATE TABLE "TrackingSalt" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "day" DATE NOT NULL,
    "salt" BYTEA NOT NULL,

    CONSTRAINT "TrackingSalt_pkey" PRIMARY KEY ("workspaceId","day")
);

-- Row level security
SELECT protect_workspace_rows('"TrackingSalt"');
