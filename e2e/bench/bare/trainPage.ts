/** The page of the bare side of the training benchmark: a worker with TensorFlow.js alone. */
declare global {
  interface Window {
    /** Runs the cell's text in the worker; gives back what it says last. */
    runBare(code: string, backend: string): Promise<string>;
  }
}

const worker = new Worker("/worker.js");

window.runBare = (code, backend) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ said?: string; failed?: string }>) =>
      data.said === undefined ? reject(new Error(data.failed)) : resolve(data.said);
    worker.postMessage({ code, backend });
  });
export {};
