-- AlterTable
ALTER TABLE "PageLoopRun" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0;
