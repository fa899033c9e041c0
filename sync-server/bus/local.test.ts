import { describeBus } from "./bus.contract.ts";
import { localHub } from "./local.ts";

describeBus("the bus within a process", () => {
  const connect = localHub();
  return Promise.resolve({
    connect: () => Promise.resolve(connect()),
    clean: () => Promise.resolve(),
  });
});
