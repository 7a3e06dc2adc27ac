-- AlterTable
ALTER TABLE "PagePattern" ADD COLUMN     "alsoCalled" TEXT[];
