import fs from 'node:fs';
import path from 'node:path';

/** The file of a model: a path that ends in `.gguf`, or a name of the catalogue in the folder of models. */
export const fileOf = (model: string, models: string): string =>
  model.endsWith('.gguf') ? model : path.join(models, 'llama', `${model}.gguf`);

/** What is to be done where it is not there. */
export function missingModel(model: string, models: string): string | undefined {
  const file = fileOf(model, models);
  if (fs.existsSync(file)) return undefined;
  return model.endsWith('.gguf')
    ? `put the model there: ${file}`
    : `fetch it with npm run models -- get ${model} (npm run models -- list shows all), or name the path of a GGUF file`;
}
