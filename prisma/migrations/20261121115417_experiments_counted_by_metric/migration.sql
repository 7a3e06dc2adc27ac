-- AlterTable
ALTER TABLE "Experiment" DROP COLUMN "goal";

-- AlterTable
ALTER TABLE "ExperimentVariant" DROP COLUMN "conversionCount",
DROP COLUMN "exposureCount";

-- AlterTable
ALTER TABLE "ExperimentExposure" DROP COLUMN "convertedAt";

-- AlterTable
ALTER TABLE "ExperimentSubjectValue" DROP CONSTRAINT "ExperimentSubjectValue_pkey",
ADD CONSTRAINT "ExperimentSubjectValue_pkey" PRIMARY KEY ("workspaceId", "experimentId", "subject", "metricId");
