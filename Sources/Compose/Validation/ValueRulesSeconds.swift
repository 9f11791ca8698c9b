// SPDX-License-Identifier: Apache-2.0

/// A time for a message: `0.5 s`, `1 s`, to the nearest microsecond unless it is shorter than that.
package func seconds(_ time: Duration) -> String {
    let exact = time.attoseconds
    let microsecond: Int128 = 1_000_000_000_000
    if exact.magnitude < microsecond.magnitude { return Attoseconds.decimal(exact) + " s" }
    let (whole, rest) = exact.quotientAndRemainder(dividingBy: microsecond)
    let isUpper = rest.magnitude >= microsecond.magnitude / 2
    let rounded = (whole + (isUpper ? rest.signum() : 0)).multipliedReportingOverflow(by: microsecond)
    return Attoseconds.decimal(rounded.overflow ? exact : rounded.partialValue) + " s"
}
