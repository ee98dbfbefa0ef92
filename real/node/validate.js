// Reads messages, a JSON object a line, and says of each what Segment's own validator says, as a line: `ok`, or its sentence.
const validate = require("@segment/loosely-validate-event");
for (const line of require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const message = JSON.parse(line);
  // Clients ask it before a time becomes a text.
  if (typeof message.timestamp === "string") message.timestamp = new Date(message.timestamp);
  try {
    validate(message, message.type);
    console.log("ok");
  } catch (problem) {
    console.log(problem.message);
  }
}
