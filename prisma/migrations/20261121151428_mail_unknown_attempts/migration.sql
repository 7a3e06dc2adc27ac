-- AlterTable
ALTER TABLE "MailMessage" ADD COLUMN     "unknowns" INTEGER NOT NULL DEFAULT 0;
