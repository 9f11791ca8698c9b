// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// What is known of a request.
struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who makes it.
    var caller = CallerName.anyone
    /// Whether it was let in by a signed link, which is good for one job's results only.
    var isLink = false

    init(source: Source) { coreContext = .init(source: source) }
}
