-- AlterTable
ALTER TABLE "Experiment" ADD COLUMN     "inBrowsers" BOOLEAN NOT NULL DEFAULT false;
