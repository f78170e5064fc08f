import './compile-cache.ts';
import { App } from 'aws-cdk-lib';
import { StageConfigError } from '../lib/config/stage.ts';
import { addValidations } from '../lib/validation/validations.ts';
import { addSystems } from './systems.ts';

const app = new App();
try {
  addSystems(app);
} catch (error) {
  if (!(error instanceof StageConfigError)) throw error;
  // Whoever gave the value needs the sentence, not the place in the code that found it.
  console.error(error.message);
  process.exit(1);
}
addValidations(app);
