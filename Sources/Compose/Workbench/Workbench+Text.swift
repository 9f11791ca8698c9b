// SPDX-License-Identifier: Apache-2.0

#if Text
    @_spi(Benchmarks) extension Workbench {
        /// The captions of a plan, laid out and drawn on the calling thread.
        ///
        /// May be used by one thread at a time.
        public final class Text {
            private let reader: TextReader<CaptionStates>

            /// Opens the fonts of a plan's first captions.
            public init(_ plan: Plan) throws {
                let found = plan.sources.lazy.compactMap { $0.source as? TextSource<CaptionStates> }.first
                guard let found else { throw ComposeError(.invalidEdit, "the plan has no captions") }
                reader = try TextReader(found)
            }

            /// Draws what is shown at a frame, unless it is what was drawn last.
            ///
            /// Blocks.
            public func draw(at frame: Int) throws { _ = try reader.picture(at: frame) }
        }
    }
#endif
