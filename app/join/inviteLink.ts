/** An invite link, or one for a second device, as somebody pastes it, possibly with words around it. */
import { parseDeviceLink } from "../../lib/workspace/deviceLink.ts";
import { parseInvite } from "../../lib/workspace/invite.ts";
import { parseRoute } from "../router.ts";

/** The path within this app, or undefined where the text holds no whole invite. */
export function joinPathIn(text: string): string | undefined {
  const [device = ""] = /\/device#[\w.-]+/.exec(text) ?? [];
  if (parseDeviceLink(device.slice(device.indexOf("#") + 1))) return device;
  const found = /(\/join\/[a-z2-7]{26})(#[\w.-]+)/.exec(text);
  const [, path = "", fragment = ""] = found ?? [];
  const route = parseRoute(path, fragment);
  return route.page === "join" && parseInvite(route.secret) ? path + fragment : undefined;
}
