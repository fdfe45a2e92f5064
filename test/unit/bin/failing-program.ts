// A program that fails in a function that has a name: bundled.test.ts reads its stack.
function putDown(what: string): never {
  throw new Error(`thrown ${what}`);
}

function liftUp(words: readonly string[]): void {
  for (const word of words) putDown(word);
}

liftUp(["on purpose"]);
