// Segment's own client: identify, group and track, to the host that it is given.
const { Analytics } = require("@segment/analytics-node");
const analytics = new Analytics({ writeKey: "the-key", host: process.argv[2], maxEventsInBatch: 100 });
analytics.identify({ userId: "u-1", traits: {} });
analytics.group({ userId: "u-1", groupId: "t-1", traits: {} });
analytics.track({ anonymousId: "00000000-0000-4000-8000-000000000001", event: "Sync Finished", properties: { rows: 42, share: 0.125, dry_run: true, color: "red" } });
analytics.track({ userId: "u-1", event: "Login", properties: { rows: 42 } });
analytics.closeAndFlush().then(() => process.exit(0));
