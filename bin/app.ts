import './compile-cache.ts';
import { App } from 'aws-cdk-lib';
import { addValidations } from '../lib/validation/validations.ts';
import { addSystems } from './systems.ts';

const app = new App();
addSystems(app);
addValidations(app);
