-- AlterTable
ALTER TABLE "AiCall" ADD COLUMN     "askedHash" BYTEA NOT NULL,
ADD COLUMN     "month" DATE;
