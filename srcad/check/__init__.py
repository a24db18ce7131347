"""Derivatives compared with finite differences and with the tape."""

from srcad.check.grads import check_grads

__all__ = ["check_grads"]
