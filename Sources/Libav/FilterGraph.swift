// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A small libavfilter graph, built node by node and run one frame at a time.
@safe package final class FilterGraph {
    /// A node, identified by its number.
    package struct Node: Sendable, Hashable { let index: Int32 }

    private let pointer: OpaquePointer

    package init() throws(LibavError) {
        guard let graph = unsafe cfs_graph_create() else { throw .outOfMemory("create filter graph") }
        unsafe pointer = graph
    }

    deinit { unsafe cfs_graph_free(pointer) }

    /// Adds an input for frames.
    package func input(_ format: Frame.Format, width: Int, height: Int) throws(LibavError) -> Node {
        let code = format == .alpha ? Int32(CFS_ALPHA.rawValue) : Int32(CFS_OPAQUE.rawValue)
        return Node(
            index: try check("add graph input") {
                unsafe cfs_graph_add_input(pointer, code, Int32(width), Int32(height))
            })
    }

    /// Adds an overlay of a layer over a base.
    ///
    /// The position must be even, as 4:2:0 requires.
    package func overlay(_ layer: Node, over base: Node, x: Int, y: Int) throws(LibavError) -> Node {
        Node(
            index: try check("add overlay") {
                unsafe cfs_graph_add_overlay(pointer, base.index, layer.index, Int32(x), Int32(y))
            })
    }

    /// Adds a merge of two pictures by a mask: 0 shows `from`, 255 shows `to`.
    package func merge(from: Node, to: Node, mask: Node) throws(LibavError) -> Node {
        Node(
            index: try check("add merge") {
                unsafe cfs_graph_add_merge(pointer, from.index, to.index, mask.index)
            })
    }

    /// Adds a Gaussian blur with a standard deviation of `sigma` pixels.
    package func blur(_ input: Node, sigma: Double) throws(LibavError) -> Node {
        Node(index: try check("add blur") { unsafe cfs_graph_add_blur(pointer, input.index, sigma) })
    }

    /// Configures the graph with its output; throws if libavfilter inserted a conversion of its own.
    package func configure(
        output: Node, _ format: Frame.Format = .opaque, width: Int, height: Int
    ) throws(LibavError) {
        let code = format == .alpha ? Int32(CFS_ALPHA.rawValue) : Int32(CFS_OPAQUE.rawValue)
        try check("configure filter graph") {
            unsafe cfs_graph_configure(pointer, output.index, code, Int32(width), Int32(height))
        }
    }

    /// Moves an overlay from the next frame on.
    package func move(_ overlay: Node, x: Int, y: Int) throws(LibavError) {
        try check("move overlay") { unsafe cfs_graph_move(pointer, overlay.index, Int32(x), Int32(y)) }
    }

    /// Pushes an input's frame for a time.
    package func push(_ frame: consuming Frame, to input: Node, at index: Int) throws(LibavError) {
        let given = unsafe try Frame.surrender(frame, "push frame")
        try check("push frame") { unsafe cfs_graph_push(pointer, input.index, given, Int64(index)) }
    }

    /// Pulls the finished frame.
    package func pull() throws(LibavError) -> Frame {
        var frame: OpaquePointer?
        try check("run filter graph") { unsafe cfs_graph_pull(pointer, &frame) }
        guard let frame = unsafe frame else { throw .outOfMemory("run filter graph") }
        return unsafe Frame(adopting: frame)
    }
}
