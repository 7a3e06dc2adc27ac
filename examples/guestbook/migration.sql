-- Every key starts with the workspace. Its value is nobody's to name: the default and the policies see to it.
CREATE TABLE "GuestbookEntry" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    -- waiting, shown or held
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "GuestbookEntry_pkey" PRIMARY KEY ("workspaceId", "id")
);

CREATE INDEX "GuestbookEntry_workspaceId_status_idx" ON "GuestbookEntry"("workspaceId", "status");

SELECT protect_workspace_rows('"GuestbookEntry"');
