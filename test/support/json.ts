/** The JSON body of an answer, as the type the test expects it to be; the test's assertions show whether it is. */
export async function jsonOf<T>(answer: Response | Promise<Response>): Promise<T> {
  return (await (await answer).json()) as T;
}
