-- AlterTable
ALTER TABLE "PromptTest" ADD COLUMN     "controlArmId" UUID,
ADD COLUMN     "treatmentArmId" UUID;
