// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// The context of a request.
struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The name of the caller.
    var caller = CallerName.anyone
    /// Whether the request was authorised by a signed link, which is valid for the results of one job only.
    var isLink = false

    init(source: Source) { coreContext = .init(source: source) }
}
