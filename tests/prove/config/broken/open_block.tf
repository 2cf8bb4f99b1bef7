resource "aws_s3_bucket" "b" {
  cors_rule {
    allowed_origins = ["https://a.example.com"]
