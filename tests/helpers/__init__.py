"""What tests share: waiters, brokers, fakes and builders."""
