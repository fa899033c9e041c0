/** Where blobs are in an S3-compatible store, as an operator says it: s3://bucket/prefix?endpoint=…&region=… */
export interface S3Place {
  readonly bucket: string;
  /** What every key begins with: "" or something that ends in "/". */
  readonly prefix: string;
  /** The store's address, where it is not AWS; buckets are then part of the path. */
  readonly endpoint: string | undefined;
  readonly region: string;
}

const DEFAULT_REGION = "us-east-1";

/** Undefined where the text is no such place. */
export function parseS3Place(text: string, regionElsewhere?: string): S3Place | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, hostname: bucket, pathname, searchParams } = url;
  const endpoint = searchParams.get("endpoint") ?? undefined;
  if (protocol !== "s3:" || bucket === "" || url.username !== "" || url.password !== "")
    return undefined;
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) return undefined;
  const path = pathname.split("/").filter((part) => part !== "");
  return {
    bucket,
    prefix: path.map((part) => `${decodeURIComponent(part)}/`).join(""),
    endpoint,
    region: searchParams.get("region") ?? regionElsewhere ?? DEFAULT_REGION,
  };
}
