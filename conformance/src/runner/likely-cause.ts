/** What implementers most often find behind a failure code, for codes that do not say it themselves. */
export const CAUSES: Readonly<Record<string, string>> = {
  "case-timed-out":
    "the target waits for something that does not come, or never ends a stream: look at the last line of the timeline; on a slow machine try --time-scale",
  "not-alive": "an error that nobody caught ended the process or its listener, instead of refusing the one call",
  "target-unreachable":
    "the process ended by itself or did not come up again: look at its standard error and at what it left in BERTH_ROOT",
  "not-refused": "the check is missing, or comes after the answer is sent",
  "code-wrong":
    "another check comes first and refuses with its own code, or the mapping from the cause to the code differs",
  "error-missing": "the call ends with a bare gRPC status: the trailer berth-error-bin is not sent for this cause",
  "status-wrong": "the gRPC status does not follow from the error code by the table of ERR-003",
  "retryable-wrong": "retryable does not follow from the error code by the table of ERR-004",
  "phase-wrong": "the phase is that of another kind of failure: NOT_STARTED is for what has had no effect",
  "error-incomplete": "message, remedy or clause is left empty where this error is made",
  "details-wrong": "the details are those of another code, or a key is spelt in another way",
  "error-trailer-unreadable":
    "the bytes of the trailer are no berth.handshake.v1.Error; a key that ends in -bin takes raw bytes, not text",
  "error-trailer-repeated": "both the handler and a layer around it add the trailer",
  "answer-unreadable":
    "the bytes are no message of the schema: the generated code is of another version, or the wrong message is sent",
  "no-answer": "the handler neither answers nor ends the call",
  "operation-never-ends":
    "the end of the host process is not noticed, or its output is read to an end that a child holds open",
  "answer-out-of-turn": "frames of a stream are sent before the one they answer has come, or by two tasks at once",
  refused:
    "the target takes a correct call for a faulty one: its refusal names the clause that it believes to be broken",
};

/** The likely cause of a failure with this code; undefined where the suite knows none. */
export function likelyCause(code: string): string | undefined {
  return Object.hasOwn(CAUSES, code) ? CAUSES[code] : undefined;
}
